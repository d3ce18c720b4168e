"""The database: transactions, reads and writes by subject."""
