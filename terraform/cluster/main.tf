# The cluster: network, EKS, registry of images and releases, database, and who may do what.

data "aws_caller_identity" "current" {}

data "aws_availability_zones" "available" {
  # checkov:skip=CKV_AWS_394:Only the first two or three by name are used: a zone that AWS adds comes after them
  state = "available"

  # local zones have no NAT gateways and no control plane
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  tags  = merge({ Project = var.name, Stack = "cluster", Environment = var.environment }, var.tags)
  zones = slice(sort(data.aws_availability_zones.available.names), 0, var.zone_count)
}

module "network" {
  source = "../modules/network"

  name         = var.name
  cidr         = var.vpc_cidr
  zones        = local.zones
  nat_per_zone = var.nat_per_zone
  log_days     = var.log_days
  kms_key_arn  = aws_kms_key.this.arn
}

module "eks" {
  source = "../modules/eks"

  name               = var.name
  kubernetes_version = var.kubernetes_version
  subnet_ids         = module.network.private_subnet_ids
  endpoint_cidrs     = var.endpoint_cidrs
  admin_arns         = var.admin_arns
  delivery           = var.github == null ? null : { role_arn = module.identity.delivery_role_arn, namespace = var.namespace }
  kms_key_arn        = aws_kms_key.this.arn
  log_days           = var.log_days
  node_types         = var.node_types
  node_count         = var.node_count
  node_volume_gb     = var.node_volume_gb
}

module "registry" {
  source = "../modules/registry"

  repositories   = var.repositories
  bucket         = coalesce(var.bucket, "${var.name}-releases-${data.aws_caller_identity.current.account_id}")
  kms_key_arn    = aws_kms_key.this.arn
  retention_days = var.retention_days
}

module "database" {
  source = "../modules/database"
  count  = var.database == null ? 0 : 1

  name                     = var.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  client_security_group_id = module.eks.security_group_id
  kms_key_arn              = aws_kms_key.this.arn
  postgres_version         = var.database.postgres_version
  instance_class           = var.database.instance_class
  storage_gb               = var.database.storage_gb
  multi_az                 = var.database.multi_az
  backup_days              = var.database.backup_days
  deletion_protection      = var.database.deletion_protection
}

module "identity" {
  source = "../modules/identity"

  name             = var.name
  oidc             = module.eks.oidc
  cluster          = { name = module.eks.name, arn = module.eks.arn, security_group_id = module.eks.security_group_id }
  vpc_id           = module.network.vpc_id
  namespace        = var.namespace
  service_accounts = var.service_accounts
  bucket_arn       = module.registry.bucket_arn
  kms_key_arn      = aws_kms_key.this.arn
  repository_arns  = module.registry.repository_arns
  github           = var.github
}
