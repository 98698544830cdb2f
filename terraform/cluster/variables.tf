variable "name" {
  description = "Name of the cluster, and prefix of the names of its resources."
  type        = string
  default     = "coppice"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,23}$", var.name))
    error_message = "name must consist of at most 24 lower-case letters, digits and hyphens, and start with a letter."
  }
}

variable "region" {
  description = "AWS region."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region such as eu-central-1."
  }
}

variable "environment" {
  description = "Value of the tag Environment, by which bills can be split."
  type        = string
  default     = "production"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.environment))
    error_message = "environment must consist of at most 31 lower-case letters, digits and hyphens, and start with a letter."
  }
}

variable "tags" {
  description = "Further tags of all resources, such as CostCenter."
  type        = map(string)
  default     = {}
}

# Network --------------------------------------------------------------------------------------------------------------

variable "vpc_cidr" {
  description = "IPv4 network of the VPC, /16 to /20; each pod takes an address of it."
  type        = string
  default     = "10.20.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && can(regex("/(1[6-9]|20)$", var.vpc_cidr))
    error_message = "vpc_cidr must be an IPv4 network from /16 to /20, such as 10.20.0.0/16."
  }
}

variable "zone_count" {
  description = "Availability zones to use."
  type        = number
  default     = 2

  validation {
    condition     = contains([2, 3], var.zone_count)
    error_message = "zone_count must be 2 or 3: EKS needs two zones."
  }
}

variable "nat_per_zone" {
  description = "One NAT gateway per zone, so that the loss of a zone leaves the others their way out; about $36 a month each."
  type        = bool
  default     = false
}

variable "log_days" {
  description = "Days to keep the control plane's logs and the flow logs."
  type        = number
  default     = 30

  validation {
    condition     = contains([7, 14, 30, 60, 90, 180, 365], var.log_days)
    error_message = "log_days must be 7, 14, 30, 60, 90, 180 or 365, which CloudWatch knows."
  }
}

# Cluster --------------------------------------------------------------------------------------------------------------

variable "kubernetes_version" {
  description = "Version of Kubernetes; one minor version at a time can be gone up."
  type        = string
  default     = "1.36"

  validation {
    condition     = can(regex("^1\\.(3[4-9]|[4-9][0-9])$", var.kubernetes_version))
    error_message = "kubernetes_version must be 1.34 or newer, such as 1.36."
  }
}

variable "endpoint_cidrs" {
  description = "Networks that may reach the API server from outside the VPC. None by default: the endpoint is then private."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.endpoint_cidrs : can(cidrnetmask(cidr)) && !endswith(cidr, "/0")])
    error_message = "endpoint_cidrs must be IPv4 networks such as 203.0.113.7/32, and not the whole world (/0)."
  }
}

variable "admin_arns" {
  description = "IAM roles and users that administer the cluster; at least one, since its creator gets no access by creating it."
  type        = list(string)

  validation {
    condition     = length(var.admin_arns) > 0 && alltrue([for arn in var.admin_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/", arn))])
    error_message = "admin_arns must be at least one ARN such as arn:aws:iam::123456789012:role/admin."
  }
}

variable "node_types" {
  description = "Instance types of the nodes, x86-64 or Graviton, of one architecture and size."
  type        = list(string)
  default     = ["t3.large"]

  validation {
    condition     = length(var.node_types) > 0 && alltrue([for type in var.node_types : can(regex("^[a-z][a-z0-9-]*\\.(medium|large|[0-9]*xlarge)$", type))])
    error_message = "node_types must be types such as t3.large; what is smaller than medium has too few addresses for pods."
  }
}

variable "node_count" {
  description = "Fewest and most nodes, between which the autoscaler moves."
  type        = object({ min = number, max = number })
  default     = { min = 2, max = 5 }

  validation {
    condition     = var.node_count.min >= 2 && var.node_count.max >= var.node_count.min && var.node_count.max <= 50 && floor(var.node_count.min) == var.node_count.min && floor(var.node_count.max) == var.node_count.max
    error_message = "node_count must be whole numbers with 2 <= min <= max <= 50: one node alone is no better than the single host."
  }
}

variable "node_volume_gb" {
  description = "Size of a node's encrypted gp3 volume, GB."
  type        = number
  default     = 40

  validation {
    condition     = var.node_volume_gb >= 20 && var.node_volume_gb <= 1000 && floor(var.node_volume_gb) == var.node_volume_gb
    error_message = "node_volume_gb must be a whole number from 20 to 1000."
  }
}

# Images and releases --------------------------------------------------------------------------------------------------

variable "repositories" {
  description = "ECR repositories: one per image, and coppice for the chart."
  type        = list(string)
  default     = ["coppice", "coppice-gateway", "coppice-mlflow", "coppice-model", "coppice-trainer", "coppice-ui"]

  validation {
    condition     = length(var.repositories) > 0 && alltrue([for name in var.repositories : can(regex("^[a-z0-9]+([._/-][a-z0-9]+)*$", name))])
    error_message = "repositories must be at least one name of lower-case letters, digits and single . _ / - between them."
  }
}

variable "bucket" {
  description = "Name of the bucket of releases. Null: <name>-releases-<account>."
  type        = string
  default     = null

  validation {
    condition     = var.bucket == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket must be 3 to 63 lower-case letters, digits and hyphens, or null."
  }
}

variable "retention_days" {
  description = "Days to keep overwritten and deleted objects of the bucket of releases."
  type        = number
  default     = 90

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 3650 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days must be a whole number from 1 to 3650."
  }
}
