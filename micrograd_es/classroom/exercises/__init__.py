"Exercises whose answers are short numbers, sheets of them, and their grading."
