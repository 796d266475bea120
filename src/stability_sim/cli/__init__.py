"""The commands of the command line by topic: thin, each calls one function of a room below."""
