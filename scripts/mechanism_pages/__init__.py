"""What keeps docs/mechanisms and the tables of docs/ true: tables and curves made from the sources."""
