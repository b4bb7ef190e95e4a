"""The bench: works of real size, each against the physical limit in the same run (docs/bench.md).

`data` makes the rows, `ground` the folder they live in, `lists` and `ingest` are the works, `measure` what they print.
"""
