"""Importing this rehearses: multiprocessing's server can be told what to import, and nothing else."""

import gc
import os
import threading

from tests.faults.rehearsal import DATABASE, rehearse

HARMLESS = {"MainThread", "deadlines"}
"""The watch over deadlines begins anew in each process that is forked."""

rehearse(os.environ[DATABASE])
if left := {thread.name for thread in threading.enumerate()} - HARMLESS:
    raise RuntimeError(f"nothing can be forked beside {left}: nobody would release their locks")
gc.collect()
gc.freeze()  # or each victim would copy these pages to count who refers to them
