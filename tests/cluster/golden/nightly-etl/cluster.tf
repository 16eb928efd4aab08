# nightly-etl on runtime 15.4
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

variable "instance_profile_arn" {
  type = string
}

resource "databricks_cluster_policy" "nightly_etl" {
  name        = "wheelyard-nightly-etl"
  description = "nightly-etl on runtime 15.4"
  definition = jsonencode({
    "spark_version"                      = { "type" = "fixed", "value" = "15.4.x-scala2.12" }
    "init_scripts.0.volumes.destination" = { "type" = "fixed", "value" = "/Volumes/main/libraries/wheelyard/clusters/nightly-etl/scripts/61f937c03146/init.sh" }
  })
}

resource "databricks_cluster" "nightly_etl" {
  cluster_name       = "nightly-etl"
  policy_id          = databricks_cluster_policy.nightly_etl.id
  spark_version      = "15.4.x-scala2.12"
  node_type_id       = var.node_type_id
  num_workers        = var.num_workers
  data_security_mode = var.data_security_mode
  init_scripts {
    volumes {
      destination = "/Volumes/main/libraries/wheelyard/clusters/nightly-etl/scripts/61f937c03146/init.sh"
    }
  }
  aws_attributes {
    instance_profile_arn = var.instance_profile_arn
  }
}
