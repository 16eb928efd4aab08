"""One lock in every form in which Databricks can be told of it."""
