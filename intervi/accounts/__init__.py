"""Users, passwords, logins and tokens."""
