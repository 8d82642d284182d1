"""What executes the OpenAPI document's examples: the rows they are about, and how an answer is held against one."""
