# Every rule of every variable refuses invalid values: many in each run, which starts the provider anew and names the variable
# that refuses nothing.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  region      = "eu-central-1"
  release_url = "https://example.com/coppice.tar.gz"
}

run "refuses_the_first_invalid_values" {
  command = plan
  variables {
    name                  = "Coppice"
    region                = "europe"
    instance_type         = "big one"
    subnet_id             = "default"
    root_volume_gb        = 8
    data_volume_gb        = 0
    gateway_cidrs         = ["anywhere"]
    page_cidrs            = ["203.0.113.7/33"]
    prometheus_cidrs      = ["203.0.113.7"]
    ssh_cidrs             = ["300.0.0.0/8"]
    ssh_key_name          = "mine"
    domain                = "https://models.example.com"
    release_url           = "http://example.com/coppice.tar.gz"
    release_sha256        = "abc"
    registry              = "registry.example.com"
    image_tag             = "a b"
    weights               = { one = 1 }
    admin_token_parameter = "secret"
    api_keys_parameter    = "/a b"
    compose_version       = "latest"
    buildx_version        = "latest"
    alarm_topic_arn       = "ops"
    snapshot_days         = -1
  }
  expect_failures = [
    var.name,
    var.region,
    var.instance_type,
    var.subnet_id,
    var.root_volume_gb,
    var.data_volume_gb,
    var.gateway_cidrs,
    var.page_cidrs,
    var.prometheus_cidrs,
    var.ssh_cidrs,
    var.domain,
    var.release_url,
    var.release_sha256,
    var.registry,
    var.image_tag,
    var.weights,
    var.admin_token_parameter,
    var.api_keys_parameter,
    var.compose_version,
    var.buildx_version,
    var.alarm_topic_arn,
    var.snapshot_days,
  ]
}

run "refuses_the_second_invalid_values" {
  command = plan
  variables {
    instance_type    = "t3.micro"
    root_volume_gb   = 20.5
    prometheus_cidrs = ["0.0.0.0/0"]
    ssh_cidrs        = ["0.0.0.0/0"]
    ssh_key_name     = "mine"
    domain           = "models.example.com"
    https_cidrs      = ["all"]
    release_url      = "https://example.com/a'b"
    weights          = { v1 = -1, v2 = 2 }
  }
  expect_failures = [
    var.instance_type,
    var.root_volume_gb,
    var.prometheus_cidrs,
    var.ssh_cidrs,
    var.https_cidrs,
    var.release_url,
    var.weights,
  ]
}

run "refuses_the_third_invalid_values" {
  command = plan
  variables {
    ssh_cidrs   = ["203.0.113.7/32"]
    https_cidrs = ["203.0.113.7/32"]
    weights     = { v1 = 0.5, v2 = 0.5 }
  }
  expect_failures = [
    var.ssh_key_name,
    var.https_cidrs,
    var.weights,
  ]
}

run "refuses_the_fourth_invalid_values" {
  command = plan
  variables {
    weights = { v1 = 0, v2 = 0 }
  }
  expect_failures = [
    var.weights,
  ]
}

run "refuses_the_fifth_invalid_values" {
  command = plan
  variables {
    weights = {}
  }
  expect_failures = [
    var.weights,
  ]
}

run "requires_a_subnet_where_there_is_no_default_one" {
  command = plan
  override_data {
    target = data.aws_subnets.default
    values = { ids = [] }
  }
  expect_failures = [data.aws_subnet.host]
}
