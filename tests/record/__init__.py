"""The record: every campaign in one go, in pieces that are kept as they end; `make record` writes docs/record.md."""
