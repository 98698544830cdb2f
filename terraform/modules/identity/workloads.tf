# A role per service account of the chart that needs AWS: the bucket of releases, and nothing else. `read` may read it,
# `write` may also publish, move aliases, and remove.

locals {
  bucket_actions = {
    read  = ["s3:GetObject"]
    write = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
  }
  key_actions = {
    read  = ["kms:Decrypt"]
    write = ["kms:Decrypt", "kms:GenerateDataKey"]
  }
}

data "aws_region" "current" {}

data "aws_iam_policy_document" "releases" {
  for_each = local.bucket_actions

  statement {
    sid       = "Objects"
    actions   = each.value
    resources = ["${var.bucket_arn}/*"]
  }

  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [var.bucket_arn]
  }

  statement {
    sid       = "Key"
    actions   = local.key_actions[each.key]
    resources = [var.kms_key_arn]

    # the key opens other things too: only what S3 holds is theirs
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${data.aws_region.current.name}.amazonaws.com"]
    }
  }
}

module "workload" {
  source   = "../service-account"
  for_each = var.service_accounts

  name            = "${var.name}-${trimprefix(each.key, "coppice-")}"
  oidc            = var.oidc
  namespace       = var.namespace
  service_account = each.key
  policies        = { releases = data.aws_iam_policy_document.releases[each.value].json }
}
