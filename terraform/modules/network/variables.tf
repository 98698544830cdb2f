variable "name" {
  description = "Name of the VPC, and prefix of the names of its parts."
  type        = string
}

variable "cidr" {
  description = "IPv4 network of the VPC, /16 to /20."
  type        = string
}

variable "zones" {
  description = "Availability zones, two or three; each gets a public and a private subnet."
  type        = list(string)

  validation {
    condition     = contains([2, 3], length(distinct(var.zones))) && length(distinct(var.zones)) == length(var.zones)
    error_message = "zones must be two or three different availability zones."
  }
}

variable "nat_per_zone" {
  description = "One NAT gateway per zone instead of one in all."
  type        = bool
}

variable "log_days" {
  description = "Days to keep the flow logs."
  type        = number
}

variable "kms_key_arn" {
  description = "Key that encrypts the flow logs."
  type        = string
}
