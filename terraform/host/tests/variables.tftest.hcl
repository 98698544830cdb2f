# Every rule of every variable refuses invalid values.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  region      = "eu-central-1"
  release_url = "https://example.com/coppice.tar.gz"
}

run "refuses_name" {
  command = plan
  variables {
    name = "Coppice"
  }
  expect_failures = [var.name]
}

run "refuses_region" {
  command = plan
  variables {
    region = "europe"
  }
  expect_failures = [var.region]
}

run "refuses_instance_type" {
  command = plan
  variables {
    instance_type = "big one"
  }
  expect_failures = [var.instance_type]
}

run "refuses_instance_type_micro" {
  command = plan
  variables {
    instance_type = "t3.micro"
  }
  expect_failures = [var.instance_type]
}

run "refuses_subnet_id" {
  command = plan
  variables {
    subnet_id = "default"
  }
  expect_failures = [var.subnet_id]
}

run "refuses_root_volume_small" {
  command = plan
  variables {
    root_volume_gb = 8
  }
  expect_failures = [var.root_volume_gb]
}

run "refuses_root_volume_fraction" {
  command = plan
  variables {
    root_volume_gb = 20.5
  }
  expect_failures = [var.root_volume_gb]
}

run "refuses_data_volume" {
  command = plan
  variables {
    data_volume_gb = 0
  }
  expect_failures = [var.data_volume_gb]
}

run "refuses_gateway_cidrs" {
  command = plan
  variables {
    gateway_cidrs = ["anywhere"]
  }
  expect_failures = [var.gateway_cidrs]
}

run "refuses_page_cidrs" {
  command = plan
  variables {
    page_cidrs = ["203.0.113.7/33"]
  }
  expect_failures = [var.page_cidrs]
}

run "refuses_prometheus_cidrs" {
  command = plan
  variables {
    prometheus_cidrs = ["203.0.113.7"]
  }
  expect_failures = [var.prometheus_cidrs]
}

run "refuses_prometheus_to_the_world" {
  command = plan
  variables {
    prometheus_cidrs = ["0.0.0.0/0"]
  }
  expect_failures = [var.prometheus_cidrs]
}

run "refuses_ssh_cidrs" {
  command = plan
  variables {
    ssh_cidrs    = ["300.0.0.0/8"]
    ssh_key_name = "mine"
  }
  expect_failures = [var.ssh_cidrs]
}

run "refuses_ssh_to_the_world" {
  command = plan
  variables {
    ssh_cidrs    = ["0.0.0.0/0"]
    ssh_key_name = "mine"
  }
  expect_failures = [var.ssh_cidrs]
}

run "refuses_ssh_without_a_key" {
  command = plan
  variables {
    ssh_cidrs = ["203.0.113.7/32"]
  }
  expect_failures = [var.ssh_key_name]
}

run "refuses_domain" {
  command = plan
  variables {
    domain = "https://models.example.com"
  }
  expect_failures = [var.domain]
}

run "refuses_https_cidrs" {
  command = plan
  variables {
    domain      = "models.example.com"
    https_cidrs = ["all"]
  }
  expect_failures = [var.https_cidrs]
}

run "refuses_https_without_a_domain" {
  command = plan
  variables {
    https_cidrs = ["203.0.113.7/32"]
  }
  expect_failures = [var.https_cidrs]
}

run "refuses_release_url_plain_http" {
  command = plan
  variables {
    release_url = "http://example.com/coppice.tar.gz"
  }
  expect_failures = [var.release_url]
}

run "refuses_release_url_with_a_quote" {
  command = plan
  variables {
    release_url = "https://example.com/a'b"
  }
  expect_failures = [var.release_url]
}

run "refuses_release_sha256" {
  command = plan
  variables {
    release_sha256 = "abc"
  }
  expect_failures = [var.release_sha256]
}

run "refuses_registry_without_a_slash" {
  command = plan
  variables {
    registry = "registry.example.com"
  }
  expect_failures = [var.registry]
}

run "refuses_image_tag" {
  command = plan
  variables {
    image_tag = "a b"
  }
  expect_failures = [var.image_tag]
}

run "refuses_weights_of_unknown_names" {
  command = plan
  variables {
    weights = { one = 1 }
  }
  expect_failures = [var.weights]
}

run "refuses_negative_weights" {
  command = plan
  variables {
    weights = { v1 = -1, v2 = 2 }
  }
  expect_failures = [var.weights]
}

run "refuses_fractional_weights" {
  command = plan
  variables {
    weights = { v1 = 0.5, v2 = 0.5 }
  }
  expect_failures = [var.weights]
}

run "refuses_all_zero_weights" {
  command = plan
  variables {
    weights = { v1 = 0, v2 = 0 }
  }
  expect_failures = [var.weights]
}

run "refuses_no_weights" {
  command = plan
  variables {
    weights = {}
  }
  expect_failures = [var.weights]
}

run "refuses_admin_token_parameter" {
  command = plan
  variables {
    admin_token_parameter = "secret"
  }
  expect_failures = [var.admin_token_parameter]
}

run "refuses_api_keys_parameter" {
  command = plan
  variables {
    api_keys_parameter = "/a b"
  }
  expect_failures = [var.api_keys_parameter]
}

run "refuses_compose_version" {
  command = plan
  variables {
    compose_version = "latest"
  }
  expect_failures = [var.compose_version]
}

run "refuses_buildx_version" {
  command = plan
  variables {
    buildx_version = "latest"
  }
  expect_failures = [var.buildx_version]
}

run "refuses_alarm_topic_arn" {
  command = plan
  variables {
    alarm_topic_arn = "ops"
  }
  expect_failures = [var.alarm_topic_arn]
}

run "refuses_snapshot_days" {
  command = plan
  variables {
    snapshot_days = -1
  }
  expect_failures = [var.snapshot_days]
}

run "requires_a_subnet_where_there_is_no_default_one" {
  command = plan
  override_data {
    target = data.aws_subnets.default
    values = { ids = [] }
  }
  expect_failures = [data.aws_subnet.host]
}
