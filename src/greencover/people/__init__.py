"""Residents: counted, shared out, and served by parks."""
