"The groups, or the nodes, in machine code."
