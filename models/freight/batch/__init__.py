"""Many parcels at once: a file of them in, a sheet of prices out. The work is rows with a state; a killed one goes on."""
