# Every rule of every variable refuses invalid values.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  region     = "eu-central-1"
  admin_arns = ["arn:aws:iam::123456789012:role/admin"]
}

run "refuses_name" {
  command = plan
  variables {
    name = "Coppice"
  }
  expect_failures = [var.name]
}

run "refuses_region" {
  command = plan
  variables {
    region = "europe"
  }
  expect_failures = [var.region]
}

run "refuses_environment" {
  command = plan
  variables {
    environment = "A B"
  }
  expect_failures = [var.environment]
}

run "refuses_vpc_cidr" {
  command = plan
  variables {
    vpc_cidr = "10.0.0.0/24"
  }
  expect_failures = [var.vpc_cidr]
}

run "refuses_one_zone" {
  command = plan
  variables {
    zone_count = 1
  }
  expect_failures = [var.zone_count]
}

run "refuses_log_days" {
  command = plan
  variables {
    log_days = 31
  }
  expect_failures = [var.log_days]
}

run "refuses_an_old_version" {
  command = plan
  variables {
    kubernetes_version = "1.29"
  }
  expect_failures = [var.kubernetes_version]
}

run "refuses_an_endpoint_to_the_world" {
  command = plan
  variables {
    endpoint_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.endpoint_cidrs]
}

run "refuses_no_admins" {
  command = plan
  variables {
    admin_arns = []
  }
  expect_failures = [var.admin_arns]
}

run "refuses_an_admin_that_is_no_arn" {
  command = plan
  variables {
    admin_arns = ["me"]
  }
  expect_failures = [var.admin_arns]
}

run "refuses_small_nodes" {
  command = plan
  variables {
    node_types = ["t3.small"]
  }
  expect_failures = [var.node_types]
}

run "refuses_one_node" {
  command = plan
  variables {
    node_count = { min = 1, max = 5 }
  }
  expect_failures = [var.node_count]
}

run "refuses_fewer_than_fewest_nodes" {
  command = plan
  variables {
    node_count = { min = 3, max = 2 }
  }
  expect_failures = [var.node_count]
}

run "refuses_a_small_volume" {
  command = plan
  variables {
    node_volume_gb = 8
  }
  expect_failures = [var.node_volume_gb]
}

run "refuses_no_repositories" {
  command = plan
  variables {
    repositories = []
  }
  expect_failures = [var.repositories]
}

run "refuses_bucket" {
  command = plan
  variables {
    bucket = "My_Bucket"
  }
  expect_failures = [var.bucket]
}

run "refuses_retention_days" {
  command = plan
  variables {
    retention_days = 0
  }
  expect_failures = [var.retention_days]
}

run "refuses_an_old_postgres" {
  command = plan
  variables {
    database = { postgres_version = "12" }
  }
  expect_failures = [var.database]
}

run "refuses_database_class" {
  command = plan
  variables {
    database = { instance_class = "small" }
  }
  expect_failures = [var.database]
}

run "refuses_database_storage" {
  command = plan
  variables {
    database = { storage_gb = 5 }
  }
  expect_failures = [var.database]
}

run "refuses_no_backups" {
  command = plan
  variables {
    database = { backup_days = 0 }
  }
  expect_failures = [var.database]
}

run "refuses_namespace" {
  command = plan
  variables {
    namespace = "kube-system"
  }
  expect_failures = [var.namespace]
}

run "refuses_unknown_access" {
  command = plan
  variables {
    service_accounts = { x = "all" }
  }
  expect_failures = [var.service_accounts]
}

run "refuses_any_repository" {
  command = plan
  variables {
    github = { repository = "you/*" }
  }
  expect_failures = [var.github]
}

run "refuses_any_environment" {
  command = plan
  variables {
    github = { repository = "you/coppice", environment = "*" }
  }
  expect_failures = [var.github]
}

run "refuses_another_provider" {
  command = plan
  variables {
    github = { repository = "you/coppice", provider_arn = "arn:aws:iam::123456789012:oidc-provider/evil.example" }
  }
  expect_failures = [var.github]
}
