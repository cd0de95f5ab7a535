//! The append-only file store: JSON Lines, one entry a line.
