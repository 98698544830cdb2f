# Every rule of every variable refuses invalid values: many in each run, which starts the provider anew and names the variable
# that refuses nothing.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  region     = "eu-central-1"
  admin_arns = ["arn:aws:iam::123456789012:role/admin"]
}

run "refuses_the_first_invalid_values" {
  command = plan
  variables {
    name               = "Coppice"
    region             = "europe"
    environment        = "A B"
    vpc_cidr           = "10.0.0.0/24"
    zone_count         = 1
    log_days           = 31
    kubernetes_version = "1.29"
    endpoint_cidrs     = ["0.0.0.0/0"]
    admin_arns         = []
    node_types         = ["t3.small"]
    node_count         = { min = 1, max = 5 }
    node_volume_gb     = 8
    repositories       = []
    bucket             = "My_Bucket"
    retention_days     = 0
    database           = { postgres_version = "12" }
    namespace          = "kube-system"
    service_accounts   = { x = "all" }
    github             = { repository = "you/*" }
  }
  expect_failures = [
    var.name,
    var.region,
    var.environment,
    var.vpc_cidr,
    var.zone_count,
    var.log_days,
    var.kubernetes_version,
    var.endpoint_cidrs,
    var.admin_arns,
    var.node_types,
    var.node_count,
    var.node_volume_gb,
    var.repositories,
    var.bucket,
    var.retention_days,
    var.database,
    var.namespace,
    var.service_accounts,
    var.github,
  ]
}

run "refuses_the_second_invalid_values" {
  command = plan
  variables {
    admin_arns = ["me"]
    node_count = { min = 3, max = 2 }
    database   = { instance_class = "small" }
    github     = { repository = "you/coppice", environment = "*" }
  }
  expect_failures = [
    var.admin_arns,
    var.node_count,
    var.database,
    var.github,
  ]
}

run "refuses_the_third_invalid_values" {
  command = plan
  variables {
    database = { storage_gb = 5 }
    github   = { repository = "you/coppice", provider_arn = "arn:aws:iam::123456789012:oidc-provider/evil.example" }
  }
  expect_failures = [
    var.database,
    var.github,
  ]
}

run "refuses_the_fourth_invalid_values" {
  command = plan
  variables {
    database = { backup_days = 0 }
  }
  expect_failures = [
    var.database,
  ]
}
