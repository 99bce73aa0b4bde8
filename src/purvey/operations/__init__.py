"""What can be done: one verb per file. Every operation takes many and writes each table once."""
