"""What a person may choose, as typed models read from strict YAML, with every mistake located.

Files are opened by the rooms above; here text and names come in, models and problems go out.
"""
