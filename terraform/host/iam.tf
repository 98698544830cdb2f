# The host's permissions in the account: use Session Manager, read its own secrets, pull images if ecr_pull is set.

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  secret_parameters = compact([var.admin_token_parameter, var.api_keys_parameter])
}

data "aws_iam_policy_document" "assume_ec2" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "host" {
  name_prefix        = "${var.name}-"
  assume_role_policy = data.aws_iam_policy_document.assume_ec2.json
}

resource "aws_iam_instance_profile" "host" {
  name_prefix = "${var.name}-"
  role        = aws_iam_role.host.name
}

# What a shell by Session Manager needs. AWS' own AmazonSSMManagedInstanceCore would also let the host read every parameter
# of the account. These actions know no resources.
data "aws_iam_policy_document" "session_manager" {
  # checkov:skip=CKV_AWS_111:The actions know no resources
  # checkov:skip=CKV_AWS_356:as above
  statement {
    actions = [
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]
    resources = ["*"]
  }
}

resource "aws_iam_role_policy" "session_manager" {
  name_prefix = "session-manager-"
  role        = aws_iam_role.host.id
  policy      = data.aws_iam_policy_document.session_manager.json
}

resource "aws_iam_role_policy_attachment" "ecr_pull" {
  count = var.ecr_pull ? 1 : 0

  role       = aws_iam_role.host.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
}

data "aws_iam_policy_document" "secrets" {
  count = length(local.secret_parameters) > 0 ? 1 : 0

  statement {
    actions = ["ssm:GetParameter"]
    resources = [
      for name in local.secret_parameters :
      "arn:${data.aws_partition.current.partition}:ssm:${var.region}:${data.aws_caller_identity.current.account_id}:parameter${name}"
    ]
  }
}

resource "aws_iam_role_policy" "secrets" {
  count = length(local.secret_parameters) > 0 ? 1 : 0

  name_prefix = "secrets-"
  role        = aws_iam_role.host.id
  policy      = data.aws_iam_policy_document.secrets[0].json
}
