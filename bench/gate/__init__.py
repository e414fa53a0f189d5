"""The benchmark of the gate. One core: threads are pinned before numpy is loaded, and the same sums come everywhere."""

import os

for _library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_library, "1")
