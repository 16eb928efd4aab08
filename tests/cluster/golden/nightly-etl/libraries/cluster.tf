# nightly-etl on runtime 15.4, lock 7
# Made by `hatch run cluster render`; make it again instead of editing it.

terraform {
  required_providers {
    databricks = { "source" = "databricks/databricks" }
  }
}

variable "node_type_id" {
  type = string
}

variable "num_workers" {
  type    = number
  default = 1
}

variable "data_security_mode" {
  type    = string
  default = "SINGLE_USER"
}

resource "databricks_cluster_policy" "nightly_etl" {
  name        = "wheelyard-nightly-etl-libraries"
  description = "nightly-etl on runtime 15.4, lock 7"
  definition = jsonencode({
    "spark_version" = { "type" = "fixed", "value" = "15.4.x-scala2.12" }
  })
  libraries {
    whl = "/Volumes/main/libraries/wheelyard/wheels/annotated-types/0.7.0/annotated_types-0.7.0-py3-none-any.whl"
  }
  libraries {
    whl = "/Volumes/main/libraries/wheelyard/wheels/env-drift/0.1.0/env_drift-0.1.0-py3-none-any.whl"
  }
  libraries {
    whl = "/Volumes/main/libraries/wheelyard/wheels/pydantic/2.13.3/pydantic-2.13.3-py3-none-any.whl"
  }
  libraries {
    whl = "/Volumes/main/libraries/wheelyard/wheels/table-contracts/0.1.0/table_contracts-0.1.0-py3-none-any.whl"
  }
}

resource "databricks_cluster" "nightly_etl" {
  cluster_name       = "nightly-etl"
  policy_id          = databricks_cluster_policy.nightly_etl.id
  spark_version      = "15.4.x-scala2.12"
  node_type_id       = var.node_type_id
  num_workers        = var.num_workers
  data_security_mode = var.data_security_mode
}
