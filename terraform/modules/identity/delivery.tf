# GitHub Actions deliver by OpenID Connect: a workflow's token is worth this role for an hour, and no long key exists.

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  ec2       = "arn:${local.partition}:ec2:${data.aws_region.current.name}:${local.account}"
  elb       = "arn:${local.partition}:elasticloadbalancing:${data.aws_region.current.name}:${local.account}"

  github       = "token.actions.githubusercontent.com"
  delivers     = var.github == null ? 0 : 1
  provider_arn = try(var.github.provider_arn != null, false) ? var.github.provider_arn : one(aws_iam_openid_connect_provider.github[*].arn)
}

# An account has one provider of this address: pass its ARN where it exists.
resource "aws_iam_openid_connect_provider" "github" {
  count = try(var.github.provider_arn == null, false) ? 1 : 0

  url            = "https://${local.github}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "assume_delivery" {
  count = local.delivers

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [local.provider_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.github}:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.github}:sub"
      values   = ["repo:${var.github.repository}:environment:${var.github.environment}"]
    }
  }
}

data "aws_iam_policy_document" "delivery" {
  count = local.delivers

  statement {
    sid       = "LogIn"
    actions   = ["ecr:GetAuthorizationToken"] # knows no resources
    resources = ["*"]
  }

  statement {
    sid = "Push"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = var.repository_arns
  }

  statement {
    sid       = "FindCluster"
    actions   = ["eks:DescribeCluster"]
    resources = [var.cluster.arn]
  }
}

resource "aws_iam_role" "delivery" {
  count = local.delivers

  name                 = "${var.name}-delivery"
  description          = "Delivery from ${var.github.repository}, environment ${var.github.environment}"
  assume_role_policy   = data.aws_iam_policy_document.assume_delivery[0].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "delivery" {
  count = local.delivers

  name   = "delivery"
  role   = aws_iam_role.delivery[0].id
  policy = data.aws_iam_policy_document.delivery[0].json
}
