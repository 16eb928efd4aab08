# analytics-shared on runtime 19
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
  name        = "wheelyard-analytics-shared"
  description = "analytics-shared on runtime 19"
  definition = jsonencode({
    "init_scripts.0.volumes.destination" = { "type" = "fixed", "value" = "/Volumes/main/libraries/wheelyard/clusters/analytics-shared/scripts/61f937c03146/init.sh" }
  })
}

resource "databricks_cluster" "analytics_shared" {
  cluster_name       = "analytics-shared"
  policy_id          = databricks_cluster_policy.analytics_shared.id
  spark_version      = var.spark_version
  node_type_id       = var.node_type_id
  num_workers        = var.num_workers
  data_security_mode = var.data_security_mode
  init_scripts {
    volumes {
      destination = "/Volumes/main/libraries/wheelyard/clusters/analytics-shared/scripts/61f937c03146/init.sh"
    }
  }
}
