"The groups as a NumPy program, or node by node on arrays."
