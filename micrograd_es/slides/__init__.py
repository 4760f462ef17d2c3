"A graph on the lectern: its steps as slides, and as a picture that moves."
