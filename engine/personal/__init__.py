"""Personal data in tables and texts: civil registration numbers, names, e-mail, telephone, addresses, birth dates and free text."""
