# The plan of the roles alone, with a mock provider.

mock_provider "aws" {
  source = "../../cluster/tests/aws"
}

variables {
  name             = "coppice"
  oidc             = { provider_arn = "arn:aws:iam::123456789012:oidc-provider/example", issuer = "example" }
  cluster          = { name = "coppice", arn = "arn:aws:eks:eu-central-1:123456789012:cluster/coppice", security_group_id = "sg-0aaa" }
  vpc_id           = "vpc-0aaa"
  namespace        = "coppice"
  service_accounts = { coppice-model = "read", coppice-trainer = "write" }
  bucket_arn       = "arn:aws:s3:::coppice-releases-123456789012"
  kms_key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/0aaa"
  repository_arns  = ["arn:aws:ecr:eu-central-1:123456789012:repository/coppice"]
  github           = { repository = "you/coppice", environment = "production" }
}

run "lets_readers_read_and_nothing_else" {
  assert {
    condition     = flatten([for statement in data.aws_iam_policy_document.releases["read"].statement : tolist(statement.actions)]) == ["s3:GetObject", "s3:ListBucket", "kms:Decrypt"]
    error_message = "a reader may do more than read"
  }
}

run "lets_writers_write_this_bucket_only" {
  assert {
    condition     = toset(flatten([for statement in data.aws_iam_policy_document.releases["write"].statement : tolist(statement.resources)])) == toset(["arn:aws:s3:::coppice-releases-123456789012", "arn:aws:s3:::coppice-releases-123456789012/*", "arn:aws:kms:eu-central-1:123456789012:key/0aaa"])
    error_message = "a writer reaches other buckets"
  }
}

run "lets_one_environment_of_one_repository_deliver" {
  assert {
    condition     = toset(flatten([for condition in data.aws_iam_policy_document.assume_delivery[0].statement[0].condition : condition.values])) == toset(["sts.amazonaws.com", "repo:you/coppice:environment:production"])
    error_message = "other workflows may deliver"
  }
  assert {
    condition     = data.aws_iam_policy_document.delivery[0].statement[1].resources == toset(["arn:aws:ecr:eu-central-1:123456789012:repository/coppice"])
    error_message = "delivery pushes to other repositories"
  }
}

run "uses_the_provider_that_the_account_has" {
  variables {
    github = { repository = "you/coppice", environment = "production", provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }
  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && length(aws_iam_role.delivery) == 1
    error_message = "a second provider of one address is refused by AWS"
  }
}

run "resizes_groups_of_this_cluster_only" {
  assert {
    condition     = one(data.aws_iam_policy_document.autoscaler.statement[2].condition).variable == "aws:ResourceTag/k8s.io/cluster-autoscaler/coppice"
    error_message = "the autoscaler may resize other groups"
  }
}

run "refuses_unknown_access" {
  command = plan
  variables {
    service_accounts = { x = "all" }
  }
  expect_failures = [var.service_accounts]
}
