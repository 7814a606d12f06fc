"""Benchmarks: how fast the simulator is, against a plain-Mesa twin and a bare array loop of the same rules.

Run ``python -m tests.benchmarks`` from the root of the repository; ``--help`` names the options.
"""
