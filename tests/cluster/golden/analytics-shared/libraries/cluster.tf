# analytics-shared on runtime 19, lock 7
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

variable "spark_version" {
  type = string
}

resource "databricks_cluster_policy" "analytics_shared" {
  name        = "wheelyard-analytics-shared-libraries"
  description = "analytics-shared on runtime 19, lock 7"
  definition = jsonencode({})
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

resource "databricks_cluster" "analytics_shared" {
  cluster_name       = "analytics-shared"
  policy_id          = databricks_cluster_policy.analytics_shared.id
  spark_version      = var.spark_version
  node_type_id       = var.node_type_id
  num_workers        = var.num_workers
  data_security_mode = var.data_security_mode
}
