"""What every view stands on: access marks, forms, answers for htmx and for browsers without it, errors, the shell."""
