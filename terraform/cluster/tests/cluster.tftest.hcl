# The plan of a cluster, with a mock provider: no account, no network.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  region     = "eu-central-1"
  admin_arns = ["arn:aws:iam::123456789012:role/admin"]
}

run "keeps_to_itself_by_default" {
  assert {
    condition     = output.kubeconfig_command == "aws eks update-kubeconfig --region eu-central-1 --name coppice"
    error_message = "the command differs"
  }
  assert {
    condition     = output.delivery_role_arn == null
    error_message = "somebody may deliver although no repository was given"
  }
  assert {
    condition     = output.registry == "123456789012.dkr.ecr.eu-central-1.amazonaws.com/" && startswith(output.releases, "s3://")
    error_message = "the addresses of the registries differ"
  }
}

run "uses_the_first_zones_by_name" {
  assert {
    condition     = join(" ", local.zones) == "eu-central-1a eu-central-1b"
    error_message = "the zones are not the first two"
  }
}

run "tags_everything_for_the_bill" {
  variables {
    environment = "staging"
    tags        = { CostCenter = "42" }
  }
  assert {
    condition     = local.tags == { Project = "coppice", Stack = "cluster", Environment = "staging", CostCenter = "42" }
    error_message = "the tags differ"
  }
}

run "gives_each_service_account_a_role" {
  assert {
    condition     = toset(keys(output.service_account_role_arns)) == toset(["coppice-gateway", "coppice-model", "coppice-trainer"])
    error_message = "a role is missing"
  }
}

run "makes_no_database_when_you_bring_your_own" {
  variables {
    database = null
  }
  assert {
    condition     = length(module.database) == 0 && output.database_address == null
    error_message = "there is a database"
  }
}

run "lets_a_repository_deliver" {
  variables {
    github = { repository = "you/coppice" }
  }
  assert {
    condition     = output.delivery_role_arn != null
    error_message = "nobody may deliver"
  }
}
