"""What every room stands on: records, `write_txn()`, the clock, refusals, typed fields, paging, runs of jobs."""
