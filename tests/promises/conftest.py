collect_ignore = ["users_program.py"]  # to be run as a user runs it: it writes into the folder that it is started in
