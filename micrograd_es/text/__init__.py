"Numbers made of text, and the programs that are written with them."
