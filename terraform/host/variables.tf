# Over 300 lines: every variable of the host with its limits, in one place as is usual in Terraform.

variable "name" {
  description = "Name of the host, and prefix of the names of its resources."
  type        = string
  default     = "coppice"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.name))
    error_message = "name must consist of at most 31 lower-case letters, digits and hyphens, and start with a letter."
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

variable "tags" {
  description = "Tags of all resources."
  type        = map(string)
  default     = {}
}

# The host -----------------------------------------------------------------------------------------------------------

variable "instance_type" {
  description = "EC2 instance type; x86-64 or Graviton. Building images on the host needs 4 GiB."
  type        = string
  default     = "t3.medium"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.([a-z0-9-]+)$", var.instance_type)) && !can(regex("\\.(nano|micro)$", var.instance_type))
    error_message = "instance_type must be a type such as t3.medium or t4g.medium; nano and micro have too little memory."
  }
}

variable "subnet_id" {
  description = "Public subnet of the host. Null: a default subnet of the default VPC."
  type        = string
  default     = null

  validation {
    condition     = var.subnet_id == null || can(regex("^subnet-[0-9a-f]+$", var.subnet_id))
    error_message = "subnet_id must be a subnet id such as subnet-0abc, or null."
  }
}

variable "root_volume_gb" {
  description = "Size of the encrypted gp3 root volume, GB."
  type        = number
  default     = 20

  validation {
    condition     = var.root_volume_gb >= 16 && var.root_volume_gb <= 1000 && floor(var.root_volume_gb) == var.root_volume_gb
    error_message = "root_volume_gb must be a whole number from 16 to 1000."
  }
}

variable "data_volume_gb" {
  description = "Size of the encrypted gp3 data volume (record, artifacts, Prometheus), GB."
  type        = number
  default     = 20

  validation {
    condition     = var.data_volume_gb >= 5 && var.data_volume_gb <= 1000 && floor(var.data_volume_gb) == var.data_volume_gb
    error_message = "data_volume_gb must be a whole number from 5 to 1000."
  }
}

# Who may reach it ---------------------------------------------------------------------------------------------------

variable "gateway_cidrs" {
  description = "Networks that may call the gateway on port 5000. None by default."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.gateway_cidrs : can(cidrnetmask(cidr))])
    error_message = "gateway_cidrs must be IPv4 networks such as 203.0.113.7/32."
  }
}

variable "page_cidrs" {
  description = "Networks that may open the page on port 8501. None by default."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.page_cidrs : can(cidrnetmask(cidr))])
    error_message = "page_cidrs must be IPv4 networks such as 203.0.113.7/32."
  }
}

variable "prometheus_cidrs" {
  description = "Networks that may query Prometheus on port 9090. None by default; Prometheus has no login of its own, so /0 is not allowed."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.prometheus_cidrs : can(cidrnetmask(cidr)) && !endswith(cidr, "/0")])
    error_message = "prometheus_cidrs must be IPv4 networks such as 203.0.113.7/32, and not the whole world (/0)."
  }
}

variable "ssh_cidrs" {
  description = "Networks that may use SSH. None by default: Session Manager needs no open port."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.ssh_cidrs : can(cidrnetmask(cidr)) && !endswith(cidr, "/0")])
    error_message = "ssh_cidrs must be IPv4 networks such as 203.0.113.7/32, and not the whole world (/0)."
  }
}

variable "ssh_key_name" {
  description = "EC2 key pair for SSH; needed when ssh_cidrs is set."
  type        = string
  default     = null

  validation {
    condition     = length(var.ssh_cidrs) == 0 || var.ssh_key_name != null
    error_message = "ssh_key_name must name a key pair when ssh_cidrs is set."
  }
}

variable "domain" {
  description = "Domain that points to the host. Set: Caddy serves page and API on 443 with automatic certificates."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "domain must be a full domain name in lower case such as models.example.com, or null."
  }
}

variable "https_cidrs" {
  description = "Networks that may use 443 when a domain is set. Port 80 is then open to all, only for the certificate challenge and the redirect."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.https_cidrs : can(cidrnetmask(cidr))])
    error_message = "https_cidrs must be IPv4 networks such as 203.0.113.7/32."
  }

  validation {
    condition     = length(var.https_cidrs) == 0 || var.domain != null
    error_message = "https_cidrs requires domain: without one, nothing listens on 443."
  }
}

# What runs on it ----------------------------------------------------------------------------------------------------

variable "release_url" {
  description = "https:// address of a release archive (.tar.gz of this repository), such as a tag's archive."
  type        = string

  validation {
    condition     = can(regex("^https://[A-Za-z0-9._~/?=&%+-]+$", var.release_url))
    error_message = "release_url must be an https:// address without spaces or quotes."
  }
}

variable "release_sha256" {
  description = "SHA-256 of the release archive; checked before it is unpacked. Null: not checked."
  type        = string
  default     = null

  validation {
    condition     = var.release_sha256 == null || can(regex("^[0-9a-f]{64}$", var.release_sha256))
    error_message = "release_sha256 must be 64 hexadecimal digits in lower case, or null."
  }
}

variable "registry" {
  description = "Registry prefix to pull images from, ending in a slash. Null: the host builds them."
  type        = string
  default     = null

  validation {
    condition     = var.registry == null || can(regex("^[A-Za-z0-9._:/-]+/$", var.registry))
    error_message = "registry must be a prefix that ends in a slash, such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com/."
  }
}

variable "image_tag" {
  description = "Tag of the images to pull or build."
  type        = string
  default     = "local"

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.image_tag))
    error_message = "image_tag must consist of at most 128 letters, digits, underscores, dots and hyphens."
  }
}

variable "ecr_pull" {
  description = "Allow the host to pull from this account's ECR."
  type        = bool
  default     = false
}

variable "weights" {
  description = "Weight of each version at first start; share = weight / total."
  type        = map(number)
  default     = { v1 = 50, v2 = 50 }

  validation {
    condition     = length(var.weights) > 0 && alltrue([for version in keys(var.weights) : can(regex("^v[1-9][0-9]*$", version))])
    error_message = "weights must have versions as keys: v1, v2 and so on."
  }

  validation {
    condition     = alltrue([for weight in values(var.weights) : weight >= 0 && floor(weight) == weight])
    error_message = "weights must be whole numbers of 0 or more."
  }

  validation {
    condition     = sum(concat([0], values(var.weights))) > 0
    error_message = "weights must have at least one above 0."
  }
}

variable "admin_token_parameter" {
  description = "Name of an SSM SecureString parameter that holds the admin token, at least 16 characters. Null: the gateway generates one and logs it."
  type        = string
  default     = null

  validation {
    condition     = var.admin_token_parameter == null || can(regex("^/[A-Za-z0-9._/-]+$", var.admin_token_parameter))
    error_message = "admin_token_parameter must be a parameter name that starts with a slash, such as /coppice/admin-token."
  }
}

variable "api_keys_parameter" {
  description = "Name of an SSM SecureString parameter that holds the API keys, comma-separated, at least 16 characters each. Null: predictions are open to everyone who can reach the port."
  type        = string
  default     = null

  validation {
    condition     = var.api_keys_parameter == null || can(regex("^/[A-Za-z0-9._/-]+$", var.api_keys_parameter))
    error_message = "api_keys_parameter must be a parameter name that starts with a slash, such as /coppice/api-keys."
  }
}

variable "compose_version" {
  description = "Release of the Docker Compose plugin to install; Amazon Linux does not package it."
  type        = string
  default     = "v2.40.3"

  validation {
    condition     = can(regex("^v[2-9]\\.[0-9]+\\.[0-9]+$", var.compose_version))
    error_message = "compose_version must be a release such as v2.40.3."
  }
}

variable "buildx_version" {
  description = "Release of the Docker buildx plugin to install, which Compose builds with."
  type        = string
  default     = "v0.29.1"

  validation {
    condition     = can(regex("^v0\\.[0-9]+\\.[0-9]+$", var.buildx_version))
    error_message = "buildx_version must be a release such as v0.29.1."
  }
}

# Care ---------------------------------------------------------------------------------------------------------------

variable "recovery_alarm" {
  description = "CloudWatch alarms on the instance's status checks that recover or reboot it automatically."
  type        = bool
  default     = true
}

variable "alarm_topic_arn" {
  description = "SNS topic that receives a message when a recovery alarm fires, or null."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_topic_arn == null || can(regex("^arn:aws[a-z-]*:sns:", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic, or null."
  }
}

variable "snapshot_days" {
  description = "Days to keep the daily snapshots of the data volume; 0 takes none."
  type        = number
  default     = 7

  validation {
    condition     = var.snapshot_days >= 0 && var.snapshot_days <= 365 && floor(var.snapshot_days) == var.snapshot_days
    error_message = "snapshot_days must be a whole number from 0 to 365."
  }
}
