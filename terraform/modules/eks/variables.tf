variable "name" {
  description = "Name of the cluster, and prefix of the names of its parts."
  type        = string
}

variable "kubernetes_version" {
  description = "Version of Kubernetes, major.minor."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets of control plane and nodes, in two zones at least."
  type        = list(string)
}

variable "endpoint_cidrs" {
  description = "Networks that may reach the API server from outside the VPC; none switches the public endpoint off."
  type        = list(string)
}

variable "admin_arns" {
  description = "IAM roles and users that administer the cluster."
  type        = list(string)
}

variable "delivery" {
  description = "The role that delivers, and the only namespace that it may change; null for none."
  type        = object({ role_arn = string, namespace = string })
  default     = null
}

variable "kms_key_arn" {
  description = "Key that encrypts secrets and logs."
  type        = string
}

variable "log_days" {
  description = "Days to keep the control plane's logs."
  type        = number
}

variable "node_types" {
  description = "Instance types of the nodes, of one architecture and size."
  type        = list(string)
}

variable "node_count" {
  description = "Fewest and most nodes."
  type        = object({ min = number, max = number })
}

variable "node_volume_gb" {
  description = "Size of a node's encrypted gp3 volume, GB."
  type        = number
}
