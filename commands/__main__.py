"""Finds the command, reads its options, and turns refusals into one sentence and an exit code."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys

from commands.support import EXIT_CONFIG, EXIT_IO, EXIT_REFUSED
from config.settings import BadSettings

COMMANDS = {
    "demo": "try everything on this machine, with a stand-in Amazon",
    "setup": "first run: make the key file, the operator team and its first person",
    "serve": "run the portal",
    "check": "say what is wrong with the configuration and the data",
    "migrate": "bring the database to this version",
    "store": "connect and list stores",
    "product": "import products",
    "listing": "publish listings",
    "job": "list and run background work",
    "person": "invite, unlock and suspend people",
    "network": "allow networks",
    "audit": "verify the event log",
    "workload": "count the work of everybody anew",
    "freight": "price parcels under price sheets",
    "tracking": "say whose tracking numbers are, and whether they can be right",
    "mailbox": "read buyers' mails, and check answers against Amazon's rules",
    "retention": "what personal data is due, and destroying it",
    "bench": "measure the portal against the physical limit",
    "sandbox": "run the stand-in Amazon alone",
    "words": "collect messages for translation",
    "test": "run all tests",
}


# Modules are made of much that stays: looking for garbage among it takes an eighth of the start.
gc.set_threshold(50_000, 20, 20)


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        print(
            "Portolan: a portal for small teams that sell on Amazon across borders.\n\nUsage: ./portolan COMMAND [--help]\n"
        )
        for name, about in COMMANDS.items():
            print(f"  {name:<10} {about}")
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        print(f"portolan: there is no command “{name}”. ./portolan help lists them.", file=sys.stderr)
        return 64
    module = importlib.import_module(f"commands.{name}")
    if hasattr(module, "pass_through"):
        return module.pass_through(arguments[1:])
    parser = argparse.ArgumentParser(
        prog=f"portolan {name}", description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    module.add_arguments(parser)
    return run(module, parser.parse_args(arguments[1:]))


def run(module, args: argparse.Namespace) -> int:
    import peewee

    from models.database import NotReady
    from models.support.db import is_disk_full
    from models.support.errors import Refused
    from models.vault.key_file import BadKeyFile

    try:
        code = module.run(args) or 0
        sys.stdout.flush()
        return code
    except BadSettings as bad:
        for problem in bad.problems:
            print(f"portolan: {problem}", file=sys.stderr)
        return EXIT_CONFIG
    except (NotReady, BadKeyFile) as error:
        print(f"portolan: {error}", file=sys.stderr)
        return EXIT_CONFIG
    except Refused as refused:
        print(f"portolan: {refused}", file=sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # The reader went away; nothing more is said.
        return 141
    except (peewee.DatabaseError, OSError) as error:
        if isinstance(error, (peewee.OperationalError, OSError)) or is_disk_full(error):
            first_line = (str(error).splitlines() or [type(error).__name__])[0]
            print(f"portolan: {'The disk is full' if is_disk_full(error) else first_line}.", file=sys.stderr)
            return EXIT_IO
        raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
