# The host and its two encrypted volumes.

locals {
  arch = can(regex("^(a1|[a-z]+[0-9]+g[a-z]*)\\.", var.instance_type)) ? "arm64" : "x86_64"

  user_data = templatefile("${path.module}/user-data.sh.tftpl", {
    name                  = var.name
    region                = var.region
    data_volume_id        = aws_ebs_volume.data.id
    release_url           = var.release_url
    release_sha256        = var.release_sha256 == null ? "" : var.release_sha256
    registry              = var.registry == null ? "" : var.registry
    ecr_pull              = var.ecr_pull
    image_tag             = var.image_tag
    weights               = var.weights
    domain                = var.domain == null ? "" : var.domain
    admin_token_parameter = var.admin_token_parameter == null ? "" : var.admin_token_parameter
    api_keys_parameter    = var.api_keys_parameter == null ? "" : var.api_keys_parameter
    compose_version       = var.compose_version
    buildx_version        = var.buildx_version
  })
}

data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${local.arch}"
}

resource "aws_instance" "host" {
  # checkov:skip=CKV_AWS_88:The host is its own way in: the security group opens each port only to the networks given
  # checkov:skip=CKV_AWS_126:Prometheus on the host measures it every 15 s; one-minute metrics of CloudWatch would cost $2 a month
  # checkov:skip=CKV_AWS_135:Types of today are EBS-optimised by themselves; the switch would stop a running host
  ami                         = data.aws_ssm_parameter.ami.value
  instance_type               = var.instance_type
  subnet_id                   = data.aws_subnet.host.id
  vpc_security_group_ids      = [aws_security_group.host.id]
  iam_instance_profile        = aws_iam_instance_profile.host.name
  key_name                    = var.ssh_key_name
  associate_public_ip_address = true
  user_data                   = local.user_data

  root_block_device {
    volume_type = "gp3"
    volume_size = var.root_volume_gb
    encrypted   = true
  }

  metadata_options {
    http_tokens = "required"
    # a container is one hop further away; with 1 it cannot reach the host's role
    http_put_response_hop_limit = 1
  }

  tags = { Name = var.name }

  lifecycle {
    # user data runs once, at first boot: a newer image or other weights must not replace a running host
    ignore_changes = [ami, user_data]
  }
}

resource "aws_ebs_volume" "data" {
  # checkov:skip=CKV_AWS_189:Encrypted by the account's own EBS key; another key would replace the volume of a running host
  availability_zone = data.aws_subnet.host.availability_zone
  type              = "gp3"
  size              = var.data_volume_gb
  encrypted         = true
  tags              = { Name = "${var.name}-data", Snapshots = "${var.name}-daily" }
}

resource "aws_volume_attachment" "data" {
  device_name                    = "/dev/sdf"
  volume_id                      = aws_ebs_volume.data.id
  instance_id                    = aws_instance.host.id
  stop_instance_before_detaching = true
}
