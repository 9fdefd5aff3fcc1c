"""What the user fills in: detection of the meter, options, and the forms of an offload coordinator."""
