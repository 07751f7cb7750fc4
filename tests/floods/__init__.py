"""Floods of a desk's HTTP side: a real bot trades and halts while somebody takes every connection."""
