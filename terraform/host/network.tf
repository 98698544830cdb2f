# The host's network, and who may reach it.

data "aws_vpc" "default" {
  count   = var.subnet_id == null ? 1 : 0
  default = true
}

data "aws_subnets" "default" {
  count = var.subnet_id == null ? 1 : 0

  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default[0].id]
  }

  filter {
    name   = "default-for-az"
    values = ["true"]
  }
}

data "aws_subnet" "host" {
  id = var.subnet_id == null ? try(sort(data.aws_subnets.default[0].ids)[0], "") : var.subnet_id

  lifecycle {
    precondition {
      condition     = var.subnet_id != null || try(length(data.aws_subnets.default[0].ids), 0) > 0
      error_message = "The default VPC has no default subnet: set subnet_id."
    }
  }
}

locals {
  # One rule per port and network. Each port is open only to the given networks, except 80 with a domain.
  open = concat(
    [for cidr in var.gateway_cidrs : { name = "gateway", port = 5000, cidr = cidr }],
    [for cidr in var.page_cidrs : { name = "page", port = 8501, cidr = cidr }],
    [for cidr in var.prometheus_cidrs : { name = "prometheus", port = 9090, cidr = cidr }],
    [for cidr in var.ssh_cidrs : { name = "ssh", port = 22, cidr = cidr }],
    [for cidr in var.https_cidrs : { name = "https", port = 443, cidr = cidr }],
    var.domain == null ? [] : [{ name = "certificates", port = 80, cidr = "0.0.0.0/0" }],
  )
}

resource "aws_security_group" "host" {
  name_prefix = "${var.name}-"
  description = "Coppice host: each port open only to the networks given."
  vpc_id      = data.aws_subnet.host.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "open" {
  for_each = { for rule in local.open : "${rule.name} ${rule.cidr}" => rule }

  security_group_id = aws_security_group.host.id
  description       = each.value.name
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.host.id
  description       = "Packages, images, Session Manager, certificates"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_eip" "host" {
  domain   = "vpc"
  instance = aws_instance.host.id
  tags     = { Name = var.name }
}
