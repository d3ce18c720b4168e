"""What the staff pages read: one or two SELECTs each, into frozen rows. Nothing is written here."""
